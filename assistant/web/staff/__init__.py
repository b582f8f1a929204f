"""The staff pages under `/staff`: see to the answers, the documents, the programmes and the evaluation."""
