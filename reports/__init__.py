"""What people read about a run: one view model, the HTML report, the mail and the exported files."""
