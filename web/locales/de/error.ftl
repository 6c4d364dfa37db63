error-not-found-title = Diese Seite gibt es nicht
error-not-found-about = Vielleicht ist die Adresse falsch geschrieben, oder die Seite ist umgezogen.
error-not-found-next = Prüfen Sie die Adresse, oder beginnen Sie bei Ihrem Konto.
error-bad-request-title = Diese Anfrage funktioniert nicht
error-bad-request-about = In der Adresse oder im Formular fehlt etwas, oder etwas stimmt nicht.
error-bad-request-next = Gehen Sie dorthin zurück, woher Sie kamen, und versuchen Sie es noch einmal.
error-forbidden-title = Dieses Formular ist abgelaufen
error-forbidden-about = Es war zu lange offen, oder Ihr Browser hat seine Cookies nicht mitgeschickt. Nichts wurde geändert.
error-forbidden-next = Gehen Sie zurück, laden Sie die Seite neu und senden Sie das Formular noch einmal. Cookies müssen für diese Website erlaubt sein.
error-too-many-title = Zu viele Versuche
error-too-many-about = Zum Schutz der Konten geht es für eine Weile langsamer.
error-too-many-seconds = Versuchen Sie es in { $seconds ->
    [one] { $seconds } Sekunde
   *[other] { $seconds } Sekunden
} noch einmal.
error-too-many-minutes = Versuchen Sie es in { $minutes } Minuten noch einmal.
error-busy-title = Gerade ist viel los
error-busy-about = Wir konnten Ihre Anfrage nicht rechtzeitig bearbeiten. Nichts wurde geändert.
error-busy-next = Warten Sie einige Sekunden und versuchen Sie es dann noch einmal.
error-internal-title = Bei uns ist etwas schiefgegangen
error-internal-about = Das ist unser Fehler, und er wurde aufgezeichnet.
error-internal-next = Versuchen Sie es gleich noch einmal. Wenn es wieder geschieht, nennen Sie dem Support die Anfragenummer unten.
error-invalid-client-title = Diese Anwendung kann Sie nicht anmelden
error-invalid-client-about = Die Anwendung, die Sie hierher geschickt hat, hat eine Anfrage gestellt, die wir nicht annehmen können. Ihr Konto ist nicht betroffen.
error-invalid-client-next = Gehen Sie zur Anwendung zurück und versuchen Sie es noch einmal. Wenn es wieder geschieht, nennen Sie deren Betreiber die Anfragenummer unten.
error-logout-hint-title = Die Anwendung konnte Sie nicht abmelden
error-logout-hint-about = Die Anwendung, die Sie hierher geschickt hat, hat eine Abmeldung angefragt, die wir nicht annehmen können. Sie sind weiterhin angemeldet.
error-logout-hint-next = Sie können sich selbst in Ihrem Konto abmelden.

error-back = Zurück
error-home = Zu Ihrem Konto
error-for-developers = Für Entwickler
error-request-id = Anfragenummer
error-copy = Kopieren
error-copied = Kopiert
