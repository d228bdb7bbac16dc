"""Makes the data files of `guidance/geography/` again from the packages they come from."""
