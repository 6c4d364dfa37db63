choose-title = Konto auswählen
choose-another = Anderes Konto verwenden
