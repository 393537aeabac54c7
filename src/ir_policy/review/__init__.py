"""What can be seen from a policy before an incident: where it cannot keep what it promises."""
