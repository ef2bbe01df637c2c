"""e-CAC through SERPRO's Integra Contador: client, matching of payments to guides, receipts."""
