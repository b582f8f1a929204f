"""How a folder of real official papers is read, measured against what a person wrote down from their pages."""
