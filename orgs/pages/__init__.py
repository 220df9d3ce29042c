"""What all pages share: fields and the look of forms, what a request asks for, paging, menu, doors, errors."""
