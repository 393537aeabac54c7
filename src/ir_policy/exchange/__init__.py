"""What goes between the library and other programs: published schemas, and the ids of a policy for code bases."""
