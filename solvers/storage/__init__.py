"""What programs with records remember, as Z3 terms: values, fields, and the steps that two programs take together."""
