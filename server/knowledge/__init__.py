"""What helps with an answer: canned replies, knowledge articles, and how similar tickets were answered."""
