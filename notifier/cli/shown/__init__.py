"""Values of the rooms below become what a person reads in a terminal. Nothing here decides anything."""
