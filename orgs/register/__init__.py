"""The register of organisations: loaded from a file as a whole, and written out again."""
