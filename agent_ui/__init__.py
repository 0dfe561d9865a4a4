"""Everything people see: view models in, HTML out."""
