"""What other programs may read and do: figures and tickets as JSON, by tokens that act as people."""
