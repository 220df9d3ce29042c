"""Any workbook in, any list out: no models, no settings."""
