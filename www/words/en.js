// Every sentence that the page shows, in English.

import { formats } from "./format.js";

const { megabytes, count, score } = formats("en");
const pictures = (number) => (number === 1 ? "1 picture" : `${count(number)} pictures`);
const works = (number) => (number === 1 ? "1 work" : `${count(number)} works`);

export const en = {
  language: "en",
  name: "English",
  dir: "ltr",

  /** What stands in the page from the beginning, by its `data-words`. */
  page: {
    lede: "Show a picture, find the work. The search happens here, on your device.",
    yours: "Your picture",
    invitation: "Drop a picture anywhere on this page, or paste one.",
    choose: "Choose a picture",
    photo: "Take a photo",
    paste: "Paste",
    retry: "Try again",
    part: "Search a part of it",
    wholeAgain: "The whole picture only",
    loading: "Fetching the collection, once",
    try: "Or try one of these",
    collection: "From the collection",
    trail: "Your searches",
    view: "View",
    grid: "Grid",
    list: "List",
    filters: "Filter",
    clear: "Clear all filters",
    bringBack: "Bring back what was left out",
    more: "Show more",
    noscript: "This page searches on your own device and needs JavaScript for it.",
    download: "Download it now",
    update: "A newer version of this page is here.",
    updateNow: "Use it now",
    stays: "Your picture stays on this device.",
    sent: "Requests since “ready”",
    proof: "What leaves this page?",
    close: "Close",
    drop: "Let go to search with this picture",
    dropOwn: "Let go to add this to your own pictures",
    language: "Language",
    compared: "Yours and the work",
    slider: "How much of your picture is laid over the work",
    work: "The work",
    rooms: "Rooms",
    search: "Search",
    own: "Your own pictures",
    among: "Where to look",
    everywhere: "Everywhere",
    inCollection: "The collection",
    onlyMine: "Only mine",
    ownInvitation: "Drop a folder of pictures here.",
    addFolder: "Add a folder",
    addFiles: "Add pictures",
    adding: "Looking at your pictures",
    importing: "Importing",
    comparing: "Comparing your pictures with each other",
    pause: "Pause",
    resume: "Go on",
    cancel: "Cancel",
    twins: "Near-duplicates",
    export: "Export to a file",
    import: "Import from a file",
    forgetAll: "Forget everything",
    keep: "Keep them",
  },

  parts: {
    model: "The eye (neural network)",
    vectors: "What each work looks like",
    forest: "Search forest",
    items: "Titles and makers",
    thumbnails: "Thumbnails",
    samples: "Pictures to try",
  },

  /** A verdict of a single match. */
  verdicts: { same: "Same picture", similar: "Looks alike", none: "Not a match" },

  /** The heading above an answer, and the sentence under it, by the verdict of the best match. */
  answers: {
    same: {
      heading: "Here it is",
      explanation: (matches) => (matches.filter((match) => match.verdict === "same").length > 1
        ? "More than one shows the same picture as yours; the nearest comes first."
        : "The first shows the same picture as yours. The others are the next nearest."),
    },
    similar: {
      heading: "These look alike",
      explanation: () => "The first may be your picture, much changed, or these only resemble it.",
    },
    none: {
      heading: "No close match",
      explanation: () => "Nothing here is near enough to be called a match. These are the nearest, but not a match.",
    },
    like: {
      heading: (title) => `More like “${title}”`,
      explanation: "What looks most like this one.",
    },
    /** Nothing yet, while works are still on their way. */
    soFar: {
      heading: "No close match so far",
      explanation: "Nothing that is here is near enough to be called a match. The other works are on their way.",
    },
    filtered: "Of what the filters let through, nothing is near enough to be called a match. These are the nearest of them.",
    empty: {
      heading: "Nothing left to show",
      explanation: "Nothing has all that the filters ask for. Take some of them away.",
    },
  },

  status: {
    loading: "Getting ready. You can already choose a picture.",
    ready: (number) => `Ready. ${works(number)} to search, all on this device.`,
    queued: "Your picture will be searched as soon as the first works are here.",
    searching: "Looking …",
    answered: (number) => (number === 0 ? "Nothing is shown." : `${count(number)} shown, nearest first.`),
    soFar: (number, all) => `${count(number)} of ${works(all)} searched so far; the others are on their way.`,
    leftOut: (title) => `“${title}” is left out.`,
    part: ({ x, y, width, height }) =>
      `Part: ${percent(width)} wide and ${percent(height)} high, ${percent(x)} from the left and ${percent(y)} from the top.`,
  },

  works,
  count,
  progress: (done, total) => `${megabytes(done)} of ${megabytes(total)} MB`,
  timeLeft: (seconds) => (seconds < 90 ? `about ${count(Math.max(1, Math.round(seconds)))} s left` : `about ${count(Math.round(seconds / 60))} min left`),
  metered: (bytes) => `To search on this device, ${megabytes(bytes)} MB must come here, once. Your connection seems to be metered.`,
  partDone: "here",
  similarity: (number) => `similarity ${score(number)}`,
  original: "See the original",
  originalOf: (title, host) => `See the original of ${title} at ${host}. Leaves this page, in a new tab.`,
  untitled: "Untitled",
  unseen: (name) => `${name || "Your picture"}: this browser cannot show it`,
  sample: (label) => `Search with this: ${label}`,
  samples: {},
  approximate: "Your browser read this kind of file for us. Its colours may differ slightly from ours, and so may the similarity.",
  pictures: (number) => `Your ${count(number)} pictures`,
  nearestTo: (number) => `nearest to your picture ${count(number)}`,
  nearestToPart: "by the part you chose",
  /** How a picture was seen where it found a work, if not as a whole. */
  looks: { framed: "by what hangs on the wall", "centre 85 %": "without the margin of your picture", "centre 70 %": "by the middle of your picture", mirrored: "in the mirror" },
  partOfWork: "by the middle of the work",
  queryAlt: "The picture you asked about",
  queryAltOf: (number) => `Your picture ${count(number)}`,
  moveRegion: "Part to search: move it with the arrow keys",
  sizeRegion: "Part to search: size it with the arrow keys",
  moreLikeThis: "More like this",
  moreLikeTitle: (title) => `More like this: ${title}`,
  notThisOne: "Not this one",
  notThisTitle: (title) => `Not this one: ${title}`,
  compare: "Compare",
  compareTitle: (title) => `Compare with yours: ${title}`,
  start: "Start",
  search: (number) => `Search ${count(number)}`,
  leftOut: (number) => `${works(number)} left out`,
  columns: { style: "Style", maker: "Maker", year: "Year" },
  from: "from",
  to: "to",
  filtered: (number) => (number === 0 ? "Filter" : `Filter (${count(number)})`),

  /** The visitor's own pictures. */
  own: {
    empty: "Add pictures of your own, and every search finds them, too. They are looked at and kept on this device, and sent nowhere.",
    kept: (number, bytes, storage) =>
      `${pictures(number)}, ${megabytes(bytes)} MB, ${storage === "memory" ? "in this page's memory" : "kept on this device"} and found by every search. Sent nowhere.`,
    memory: "This browser lets the page keep nothing, perhaps because the window is a private one. Your pictures are here until you close it; export them to a file to have them again.",
    unsafe: "This browser may clear them when room is short. Export them to be sure of them.",
    damaged: (error) => `Your own pictures cannot be read: they are damaged, or a newer version of this page kept them. “Forget everything” begins anew. (${error.message})`,
    badFile: (error) => `This export cannot be read. Choose another file, or export them again. (${error.message})`,
    gone: "That is not here any more.",
    yours: "Yours",
    twins: (groups) => (groups === 0 ? "No two of your pictures are near-duplicates." : groups === 1 ? "1 group of near-duplicates." : `${count(groups)} groups of near-duplicates.`),
    progress: (done, total) => `${count(done)} of ${pictures(total)}`,
    paused: "paused",
    report: ({ added, known, failed, stopped }, aside) => [
      stopped && "Stopped.",
      `${pictures(added)} added.`,
      known > 0 && `${count(known)} ${known === 1 ? "was" : "were"} here already.`,
      failed.length > 0 && `${count(failed.length)} could not be read.`,
      aside > 0 && `${count(aside)} other ${aside === 1 ? "file" : "files"} left aside.`,
    ].filter(Boolean).join(" "),
    failed: "Which could not be read",
    nothing: "There is no picture in this folder.",
    remove: "Remove",
    removeTitle: (title) => `Remove: ${title}`,
    removed: (title) => `“${title}” is removed from here. The file itself stays where it is.`,
    exporting: "Writing the file …",
    exported: "The file is among your downloads.",
    forgetTitle: (number) => `Forget ${number > 1 ? `all ${pictures(number)}` : "your own pictures"}?`,
    forgetText: "Their small copies, their names and what they look like are erased from this device. The picture files themselves stay where they are. There is no way back, but from a file that you exported.",
    forgotten: "Forgotten. Nothing of your pictures is left here.",
  },

  /** What one number means in this collection. */
  meaning: ({ same, similar }, number) => {
    const said = number >= same ? "That is the same picture." : number >= similar ? "That looks alike." : "That is not near enough for a match.";
    return `${score(number)} of 1.000. In this collection, for a picture like this, ${score(same)} and more is the same picture, ${score(similar)} and more looks alike. ${said}`;
  },
  numbers: (lookedAt, all, exact, early) => [
    "Each picture becomes a list of numbers that says what it looks like; similarity compares two such lists. 1.000 is the very same picture.",
    "The limits were measured on this collection's own works when it was built; they are higher for a picture that many works resemble.",
    early ? "For this answer, those were compared that were here." : exact ? `For this answer everything that it may show was compared: ${pictures(lookedAt)}.` : `For this answer ${count(lookedAt)} of ${pictures(all)} were compared, picked by the search forest.`,
  ].join(" "),
  numbersTitle: "What the numbers mean",
  scale: { none: "no match", similar: "alike", same: "same" },

  facts: (info) => `${works(info.count)} · ${info.model.name} ${info.model.sha256.slice(0, 8)} · ${megabytes(info.bytes)} MB on this device`,

  trust: {
    title: "What leaves this page",
    promise: "Nothing, once it says “ready”. The collection and the program that searches it are on your device by then; your picture is opened, compared and forgotten there.",
    counted: (number) => (number === 1 ? "request since “ready”" : "requests since “ready”"),
    witness: (number) => `The service worker, which sees everything this page asks for, has let ${count(number)} through to the network${number > 0 ? " (perhaps for another tab)" : ""}.`,
    noWitness: "There is no service worker here to confirm it (it needs HTTPS); the number is the browser's own record.",
    checkTitle: "See for yourself",
    check: [
      "Open your browser's developer tools (F12, or ⌥⌘I on a Mac) and choose “Network”.",
      "Search with a picture: the list stays empty.",
      "Or simply go offline first. The search works all the same.",
    ],
    downloadedTitle: "What came here",
    downloaded: (fetched, total) => {
      if (fetched === 0) return `${megabytes(total)} MB, was here already`;
      return fetched === total ? `${megabytes(total)} MB, just now` : `${megabytes(total)} MB, ${megabytes(fetched)} MB of it just now`;
    },
    whatTitle: "What exactly it is",
    model: "Neural network (SHA-256)",
    collection: "Collection (SHA-256)",
    storedTitle: "What stays on this device",
    storedNothing: "No picture, no collection and no page is stored on this device.",
    stored: { page: "This page, to open offline", collection: "The collection and the neural network", language: "Your choice of language", own: "Your own pictures" },
    storedBytes: (bytes) => `${megabytes(bytes)} MB`,
    storedOwn: (number, bytes) => `${number > 0 ? `${pictures(number)}, ` : ""}${megabytes(bytes)} MB, sent nowhere`,
    storedNever: "The pictures that you search with and what you searched for are never stored. Closing this page forgets them.",
    erase: "Erase all of it",
    erased: "Erased, but for the service worker, a small script without data: it keeps what other apps share with this page from the server. This page goes on working until you close it; the next visit fetches everything anew.",
    looking: "Looking …",
  },

  /** By the code of the error. */
  errors: {
    NotAPicture: (error, name) => `${name ? `“${name}”` : "This"} is not a picture that can be read. JPEG, PNG, WebP, GIF, BMP and TIFF can.`,
    OtherFormat: (error) => error.message,
    DamagedPicture: (error) => error.message,
    TooLarge: (error) => error.message,
    NotFound: (error) => error.message,
    BadOption: (error) => error.message,
    CorruptedDownload: (error) => error.message,
    BadCollection: (error) => error.message,
    BadModel: (error) => error.message,
    ModelMismatch: (error) => error.message,
    Network: (error) => error.message,
    Timeout: (error) => error.message,
    NoRoom: () => "This device has no room for more pictures. What was added so far is kept. Free some space or remove some pictures, then add the rest again.",
    Offline: () => "You are offline, and this collection is not on this device yet. Connect once; afterwards it works without a network.",
    NoSimd: (error) => error.message,
    Browser: (error) => error.message,
    Closed: (error) => error.message,
    NotAFile: () => "That was a link or text, not a picture file. This page fetches nothing from elsewhere: save the picture first, then drop or paste the file.",
    NothingToPaste: () => "There is no picture in the clipboard. Copy one first.",
    NoPasting: () => "This browser does not let pages read the clipboard. Press Ctrl+V (⌘V on a Mac) instead.",
    Crashed: () => "The search stopped unexpectedly. Reload the page to start it again.",
  },

  /** The element. */
  element: {
    choose: "Choose a picture",
    drop: "or drop or paste one here",
    stays: "It stays on this device.",
    retry: "Try again",
    none: "No close match.",
  },
};

function percent(fraction) {
  return `${count(Math.round(fraction * 100))} %`;
}
