"""What several tests share: servers to start, factories, emulators."""
