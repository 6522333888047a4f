"""`make fuzz`: damaged bodies in a row, through the pure half of the door."""
