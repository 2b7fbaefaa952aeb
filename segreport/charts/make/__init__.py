"""What charts a report has: one function a chart, `Report, Wording -> Chart`."""
