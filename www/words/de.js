// Every sentence that the page shows, in German.

import { formats } from "./format.js";

const { megabytes, count, score } = formats("de");
const pictures = (number) => (number === 1 ? "1 Bild" : `${count(number)} Bilder`);
const dative = (number) => (number === 1 ? "1 Bild" : `${count(number)} Bildern`);
const works = (number) => (number === 1 ? "1 Werk" : `${count(number)} Werke`);
/** The engine speaks English; its words follow as the detail. */
const detail = (sentence) => (error) => `${sentence} (${error.message})`;

export const de = {
  language: "de",
  name: "Deutsch",
  dir: "ltr",

  page: {
    lede: "Ein Bild zeigen, das Werk finden. Gesucht wird hier, auf Ihrem Gerät.",
    yours: "Ihr Bild",
    invitation: "Legen Sie ein Bild irgendwo auf dieser Seite ab, oder fügen Sie eines ein.",
    choose: "Bild auswählen",
    photo: "Foto aufnehmen",
    paste: "Einfügen",
    retry: "Noch einmal versuchen",
    part: "Einen Ausschnitt suchen",
    wholeAgain: "Nur das ganze Bild",
    loading: "Die Sammlung wird geholt, einmalig",
    try: "Oder probieren Sie eines von diesen",
    collection: "Aus der Sammlung",
    trail: "Ihre Suchen",
    view: "Ansicht",
    grid: "Raster",
    list: "Liste",
    filters: "Filtern",
    clear: "Alle Filter löschen",
    bringBack: "Ausgelassenes zurückholen",
    more: "Mehr zeigen",
    noscript: "Diese Seite sucht auf Ihrem eigenen Gerät und braucht dafür JavaScript.",
    download: "Jetzt herunterladen",
    update: "Eine neuere Fassung dieser Seite ist da.",
    updateNow: "Jetzt verwenden",
    stays: "Ihr Bild bleibt auf diesem Gerät.",
    sent: "Anfragen seit „bereit“",
    proof: "Was verlässt diese Seite?",
    close: "Schließen",
    drop: "Loslassen, um mit diesem Bild zu suchen",
    dropOwn: "Loslassen, um dies zu Ihren eigenen Bildern zu legen",
    language: "Sprache",
    compared: "Ihr Bild und das Werk",
    slider: "Wie weit Ihr Bild über dem Werk liegt",
    work: "Das Werk",
    rooms: "Räume",
    search: "Suche",
    own: "Ihre eigenen Bilder",
    among: "Wo gesucht wird",
    everywhere: "Überall",
    inCollection: "Die Sammlung",
    onlyMine: "Nur meine",
    ownInvitation: "Legen Sie hier einen Ordner mit Bildern ab.",
    addFolder: "Ordner hinzufügen",
    addFiles: "Bilder hinzufügen",
    adding: "Ihre Bilder werden angesehen",
    importing: "Bilder werden geholt",
    comparing: "Ihre Bilder werden miteinander verglichen",
    pause: "Anhalten",
    resume: "Weiter",
    cancel: "Abbrechen",
    twins: "Beinahe Gleiche",
    export: "In eine Datei sichern",
    import: "Aus einer Datei holen",
    forgetAll: "Alles vergessen",
    keep: "Behalten",
  },

  parts: {
    model: "Das Auge (neuronales Netz)",
    vectors: "Wie jedes Werk aussieht",
    forest: "Suchwald",
    items: "Titel und Namen",
    thumbnails: "Vorschaubilder",
    samples: "Bilder zum Probieren",
  },

  verdicts: { same: "Dasselbe Bild", similar: "Sieht ähnlich aus", none: "Kein Treffer" },

  answers: {
    same: {
      heading: "Hier ist es",
      explanation: (matches) => (matches.filter((match) => match.verdict === "same").length > 1
        ? "Mehr als eines zeigt dasselbe Bild wie Ihres; das nächste steht vorn."
        : "Das erste zeigt dasselbe Bild wie Ihres. Die anderen sind die nächstähnlichen."),
    },
    similar: {
      heading: "Diese sehen ähnlich aus",
      explanation: () => "Das erste kann Ihr Bild sein, stark verändert, oder diese ähneln ihm nur.",
    },
    none: {
      heading: "Kein naher Treffer",
      explanation: () => "Nichts hier ist nah genug, um ein Treffer zu heißen. Dies sind die nächsten, aber keine Treffer.",
    },
    like: {
      heading: (title) => `Mehr wie „${title}“`,
      explanation: "Was diesem am ähnlichsten sieht.",
    },
    soFar: {
      heading: "Bisher kein naher Treffer",
      explanation: "Nichts, was schon hier ist, ist nah genug, um ein Treffer zu heißen. Die anderen Werke sind unterwegs.",
    },
    filtered: "Von dem, was die Filter durchlassen, ist nichts nah genug, um ein Treffer zu heißen. Dies sind die nächsten davon.",
    empty: {
      heading: "Nichts mehr zu zeigen",
      explanation: "Nichts hat alles, was die Filter verlangen. Nehmen Sie einige davon weg.",
    },
  },

  status: {
    loading: "Wird vorbereitet. Sie können schon ein Bild auswählen.",
    ready: (number) => `Bereit. ${works(number)} zu durchsuchen, alle auf diesem Gerät.`,
    queued: "Ihr Bild wird gesucht, sobald die ersten Werke hier sind.",
    searching: "Wird gesucht …",
    answered: (number) => (number === 0 ? "Nichts wird gezeigt." : `${count(number)} gezeigt, das nächste zuerst.`),
    soFar: (number, all) => `Bisher ${count(number)} von ${count(all)} Werken durchsucht; die anderen sind unterwegs.`,
    leftOut: (title) => `„${title}“ ist ausgelassen.`,
    part: ({ x, y, width, height }) =>
      `Ausschnitt: ${percent(width)} breit und ${percent(height)} hoch, ${percent(x)} von links und ${percent(y)} von oben.`,
  },

  works,
  count,
  progress: (done, total) => `${megabytes(done)} von ${megabytes(total)} MB`,
  timeLeft: (seconds) => (seconds < 90 ? `noch etwa ${count(Math.max(1, Math.round(seconds)))} s` : `noch etwa ${count(Math.round(seconds / 60))} min`),
  metered: (bytes) => `Um auf diesem Gerät zu suchen, müssen einmalig ${megabytes(bytes)} MB hierher kommen. Ihre Verbindung scheint nach Menge abgerechnet zu werden.`,
  partDone: "hier",
  similarity: (number) => `Ähnlichkeit ${score(number)}`,
  original: "Zum Original",
  originalOf: (title, host) => `Zum Original von ${title} bei ${host}. Verlässt diese Seite, in einem neuen Tab.`,
  untitled: "Ohne Titel",
  unseen: (name) => `${name || "Ihr Bild"}: Dieser Browser kann es nicht zeigen`,
  sample: (label) => `Hiermit suchen: ${label}`,
  samples: { "A part of it": "Ein Ausschnitt", "In other colours": "In anderen Farben", "Photographed on a wall": "An der Wand fotografiert" },
  approximate: "Ihr Browser hat diese Art Datei für uns gelesen. Seine Farben können etwas von unseren abweichen, und damit auch die Ähnlichkeit.",
  pictures: (number) => `Ihre ${count(number)} Bilder`,
  nearestTo: (number) => `am nächsten zu Ihrem Bild ${count(number)}`,
  nearestToPart: "nach dem gewählten Ausschnitt",
  looks: { framed: "nach dem, was an der Wand hängt", "centre 85 %": "ohne den Rand Ihres Bildes", "centre 70 %": "nach der Mitte Ihres Bildes", mirrored: "im Spiegel" },
  partOfWork: "nach der Mitte des Werks",
  queryAlt: "Das Bild, nach dem Sie gefragt haben",
  queryAltOf: (number) => `Ihr Bild ${count(number)}`,
  moveRegion: "Gesuchter Ausschnitt: mit den Pfeiltasten verschieben",
  sizeRegion: "Gesuchter Ausschnitt: Größe mit den Pfeiltasten ändern",
  moreLikeThis: "Mehr davon",
  moreLikeTitle: (title) => `Mehr davon: ${title}`,
  notThisOne: "Dieses nicht",
  notThisTitle: (title) => `Dieses nicht: ${title}`,
  compare: "Vergleichen",
  compareTitle: (title) => `Mit Ihrem vergleichen: ${title}`,
  start: "Anfang",
  search: (number) => `Suche ${count(number)}`,
  leftOut: (number) => `${works(number)} ausgelassen`,
  columns: { style: "Stil", maker: "Von", year: "Jahr" },
  from: "von",
  to: "bis",
  filtered: (number) => (number === 0 ? "Filtern" : `Filtern (${count(number)})`),

  own: {
    empty: "Fügen Sie eigene Bilder hinzu, und jede Suche findet auch diese. Sie werden auf diesem Gerät angesehen und aufbewahrt und nirgendwohin geschickt.",
    kept: (number, bytes, storage) =>
      `${pictures(number)}, ${megabytes(bytes)} MB, ${storage === "memory" ? "im Speicher dieser Seite" : "auf diesem Gerät aufbewahrt"} und von jeder Suche gefunden. Nirgendwohin geschickt.`,
    memory: "Dieser Browser lässt die Seite nichts aufbewahren, vielleicht weil das Fenster ein privates ist. Ihre Bilder sind hier, bis Sie es schließen; sichern Sie sie in eine Datei, um sie wieder zu haben.",
    unsafe: "Wird der Platz knapp, kann dieser Browser sie löschen. Sichern Sie sie in eine Datei.",
    damaged: (error) => `Ihre eigenen Bilder können nicht gelesen werden: Sie sind beschädigt oder von einer neueren Fassung dieser Seite. „Alles vergessen“ beginnt neu. (${error.message})`,
    badFile: (error) => `Diese Datei kann nicht gelesen werden. Wählen Sie eine andere, oder sichern Sie noch einmal. (${error.message})`,
    gone: "Das ist nicht mehr hier.",
    yours: "Von Ihnen",
    twins: (groups) => (groups === 0 ? "Keine zwei Ihrer Bilder sind beinahe gleich." : groups === 1 ? "1 Gruppe beinahe gleicher Bilder." : `${count(groups)} Gruppen beinahe gleicher Bilder.`),
    progress: (done, total) => `${count(done)} von ${dative(total)}`,
    paused: "angehalten",
    report: ({ added, known, failed, stopped }, aside) => [
      stopped && "Abgebrochen.",
      `${pictures(added)} hinzugefügt.`,
      known > 0 && `${count(known)} schon hier gewesen.`,
      failed.length > 0 && `${count(failed.length)} nicht zu lesen.`,
      aside > 0 && `${count(aside)} andere ${aside === 1 ? "Datei" : "Dateien"} beiseite gelassen.`,
    ].filter(Boolean).join(" "),
    failed: "Was nicht zu lesen war",
    nothing: "In diesem Ordner ist kein Bild.",
    remove: "Entfernen",
    removeTitle: (title) => `Entfernen: ${title}`,
    removed: (title) => `„${title}“ ist von hier entfernt. Die Datei selbst bleibt, wo sie ist.`,
    exporting: "Die Datei wird geschrieben …",
    exported: "Die Datei liegt bei Ihren Downloads.",
    forgetTitle: (number) => (number > 1 ? `Alle ${pictures(number)} vergessen?` : "Ihre eigenen Bilder vergessen?"),
    forgetText: "Ihre kleinen Kopien, ihre Namen und was auf ihnen zu sehen ist, werden von diesem Gerät gelöscht. Die Bilddateien selbst bleiben, wo sie sind. Zurück geht es nur mit einer Datei, in die Sie sie gesichert haben.",
    forgotten: "Vergessen. Von Ihren Bildern ist hier nichts mehr.",
  },

  meaning: ({ same, similar }, number) => {
    const said = number >= same ? "Das ist dasselbe Bild." : number >= similar ? "Das sieht ähnlich aus." : "Das ist nicht nah genug für einen Treffer.";
    return `${score(number)} von 1,000. In dieser Sammlung gilt bei einem Bild wie diesem ein Wert ab ${score(same)} als dasselbe Bild, ab ${score(similar)} als ähnlich. ${said}`;
  },
  numbers: (lookedAt, all, exact, early) => [
    "Jedes Bild wird zu einer Liste von Zahlen, die sagt, wie es aussieht; die Ähnlichkeit vergleicht zwei solche Listen. 1,000 ist genau dasselbe Bild.",
    "Die Grenzen wurden an den eigenen Werken dieser Sammlung gemessen, als sie gebaut wurde; sie liegen höher bei einem Bild, dem viele Werke ähneln.",
    early ? "Für diese Antwort wurden die verglichen, die schon hier waren." : exact ? `Für diese Antwort wurde alles verglichen, was sie zeigen darf: ${pictures(lookedAt)}.` : `Für diese Antwort wurden ${count(lookedAt)} von ${dative(all)} verglichen, die der Suchwald ausgewählt hat.`,
  ].join(" "),
  numbersTitle: "Was die Zahlen bedeuten",
  scale: { none: "kein Treffer", similar: "ähnlich", same: "dasselbe" },

  facts: (info) => `${works(info.count)} · ${info.model.name} ${info.model.sha256.slice(0, 8)} · ${megabytes(info.bytes)} MB auf diesem Gerät`,

  trust: {
    title: "Was diese Seite verlässt",
    promise: "Nichts, sobald sie „bereit“ sagt. Die Sammlung und das Programm, das sie durchsucht, sind dann auf Ihrem Gerät; Ihr Bild wird dort geöffnet, verglichen und vergessen.",
    counted: (number) => (number === 1 ? "Anfrage seit „bereit“" : "Anfragen seit „bereit“"),
    witness: (number) => `Der Service Worker, der alles sieht, was diese Seite anfragt, hat ${count(number)} davon ins Netz gelassen${number > 0 ? " (vielleicht für einen anderen Tab)" : ""}.`,
    noWitness: "Hier gibt es keinen Service Worker, der das bestätigt (er braucht HTTPS); die Zahl stammt aus der Aufzeichnung des Browsers.",
    checkTitle: "Prüfen Sie es selbst",
    check: [
      "Öffnen Sie die Entwicklerwerkzeuge des Browsers (F12, am Mac ⌥⌘I) und wählen Sie „Netzwerk“.",
      "Suchen Sie mit einem Bild: Die Liste bleibt leer.",
      "Oder gehen Sie einfach vorher offline. Die Suche geht trotzdem.",
    ],
    downloadedTitle: "Was hierher kam",
    downloaded: (fetched, total) => {
      if (fetched === 0) return `${megabytes(total)} MB, war schon hier`;
      return fetched === total ? `${megabytes(total)} MB, soeben` : `${megabytes(total)} MB, davon ${megabytes(fetched)} MB soeben`;
    },
    whatTitle: "Was es genau ist",
    model: "Neuronales Netz (SHA-256)",
    collection: "Sammlung (SHA-256)",
    storedTitle: "Was auf diesem Gerät bleibt",
    storedNothing: "Weder Bilder noch Sammlung noch Seite sind auf diesem Gerät gespeichert.",
    stored: { page: "Diese Seite, um sie offline zu öffnen", collection: "Die Sammlung und das neuronale Netz", language: "Ihre Wahl der Sprache", own: "Ihre eigenen Bilder" },
    storedBytes: (bytes) => `${megabytes(bytes)} MB`,
    storedOwn: (number, bytes) => `${number > 0 ? `${pictures(number)}, ` : ""}${megabytes(bytes)} MB, nirgendwohin geschickt`,
    storedNever: "Die Bilder, mit denen Sie suchen, und wonach Sie suchen, werden nie gespeichert. Mit dem Schließen dieser Seite sind sie vergessen.",
    erase: "Alles löschen",
    erased: "Gelöscht, bis auf den Service Worker, ein kleines Skript ohne Daten: Durch ihn erfährt der Server nicht, was andere Apps mit dieser Seite teilen. Diese Seite funktioniert weiter, bis Sie sie schließen; der nächste Besuch holt alles neu.",
    looking: "Wird nachgesehen …",
  },

  errors: {
    NotAPicture: (error, name) => `${name ? `„${name}“` : "Dies"} ist kein Bild, das gelesen werden kann. JPEG, PNG, WebP, GIF, BMP und TIFF gehen.`,
    OtherFormat: detail("Diese Art Bild kann hier nicht gelesen werden. Speichern Sie es als JPEG oder PNG."),
    DamagedPicture: detail("Die Bilddatei ist beschädigt. Kopieren Sie sie neu von dort, woher sie kam."),
    TooLarge: detail("Dafür reicht der Speicher dieser Seite nicht. Ist es ein Bild, speichern Sie es kleiner."),
    NotFound: () => "Die Datei kann nicht mehr gelesen werden. Wurde sie verschoben, oder ist es ein Ordner?",
    BadOption: detail("Diese Einstellung wird nicht verstanden."),
    CorruptedDownload: detail("Eine Datei kam beschädigt an. Laden Sie die Seite neu, um sie noch einmal zu holen."),
    BadCollection: detail("Die Sammlung kann nicht gelesen werden."),
    BadModel: detail("Das neuronale Netz kann nicht gelesen werden."),
    ModelMismatch: detail("Die Sammlung wurde mit einem anderen neuronalen Netz gebaut."),
    Network: detail("Die Sammlung konnte nicht geholt werden. Prüfen Sie die Verbindung und versuchen Sie es noch einmal."),
    Timeout: detail("Der Server antwortet nicht. Prüfen Sie die Verbindung und versuchen Sie es noch einmal."),
    NoRoom: () => "Auf diesem Gerät ist kein Platz für weitere Bilder. Was bis jetzt hinzukam, bleibt. Schaffen Sie Platz oder entfernen Sie Bilder, und fügen Sie den Rest noch einmal hinzu.",
    Offline: () => "Sie sind offline, und diese Sammlung ist noch nicht auf diesem Gerät. Verbinden Sie sich einmal; danach geht es ohne Netz.",
    NoSimd: () => "Diesem Browser fehlen WebAssembly-SIMD oder Modul-Worker, die die Suche braucht. Chrome und Edge ab 91, Firefox ab 114, Safari ab 16.4 haben sie.",
    Browser: detail("Der Browser hat etwas verweigert."),
    Closed: () => "Diese Sammlung wurde geschlossen. Öffnen Sie sie erneut, um zu suchen.",
    NotAFile: () => "Das war ein Link oder Text, keine Bilddatei. Diese Seite holt nichts von anderswo: Speichern Sie das Bild zuerst, und legen Sie dann die Datei ab.",
    NothingToPaste: () => "In der Zwischenablage ist kein Bild. Kopieren Sie zuerst eines.",
    NoPasting: () => "Dieser Browser lässt Seiten die Zwischenablage nicht lesen. Drücken Sie stattdessen Strg+V (am Mac ⌘V).",
    Crashed: () => "Die Suche ist unerwartet stehen geblieben. Laden Sie die Seite neu, um sie wieder zu starten.",
  },

  element: {
    choose: "Bild auswählen",
    drop: "oder hier eines ablegen oder einfügen",
    stays: "Es bleibt auf diesem Gerät.",
    retry: "Noch einmal versuchen",
    none: "Kein naher Treffer.",
  },
};

function percent(fraction) {
  return `${count(Math.round(fraction * 100))} %`;
}
