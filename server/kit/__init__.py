"""What every feature needs: settings, clock, transactions, jobs, files, secrets."""
