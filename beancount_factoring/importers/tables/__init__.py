"""CSV and XLSX files, read by the tables of `import.yaml`."""
