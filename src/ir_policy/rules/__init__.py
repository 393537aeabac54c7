"""What should happen: rules read from documents, each with the clause it comes from."""
