"""Responsibility (包保): the list, its workbook, and what is missing."""
