"""What commands and pages of the e-CAC both show and ask, before anything is recorded."""
