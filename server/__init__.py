"""The desk: tables, transactions, HTTP, jobs and loops. Sits on top of the four libraries."""
