"""What goes between kiosk and office: exports, receipts, how far an event has come, and where files are put."""
