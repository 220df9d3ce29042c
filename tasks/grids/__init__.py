"""The grid (各村填报): villages × this week's tasks in one sheet."""
