"""Due dates moved: extensions (延期), postponements, a township's own dates."""
