"""Every incident there can be: one slice of the policy at a time, searched to the end on the engine itself."""
