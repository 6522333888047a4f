"""`make roots`: fresh machines, and whether everything works there."""
