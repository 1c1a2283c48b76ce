// Every sentence that the page's scripts show, in one place.

const bytesFormat = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const countFormat = new Intl.NumberFormat("en");

export const megabytes = (bytes) => bytesFormat.format(bytes / 1e6);
export const count = (number) => countFormat.format(number);
/** Two decimals, cut off rather than rounded: 0.999 is not yet "1.00". */
export const score = (number) => (Math.floor(number * 100 + 1e-6) / 100).toFixed(2);

export const parts = {
  model: "The eye (neural network)",
  vectors: "What each work looks like",
  forest: "Search forest",
  items: "Titles and makers",
  thumbnails: "Thumbnails",
  samples: "Pictures to try",
};

/** A verdict of a single match, in words. */
export const verdicts = {
  same: "Same picture",
  similar: "Looks alike",
  none: "Nearest, not a match",
};

/** The heading above an answer, and the sentence under it, by the verdict of the best match. */
export const answers = {
  same: {
    heading: "Here it is",
    explanation: (matches) => (matches.filter((match) => match.verdict === "same").length > 1
      ? "More than one work shows the same picture as yours; the nearest comes first."
      : "The first work shows the same picture as yours. The others are the next nearest."),
  },
  similar: {
    heading: "These look alike",
    explanation: () => "Your picture itself does not seem to be in the collection, but these works resemble it.",
  },
  none: {
    heading: "No close match",
    explanation: () => "Nothing in the collection is near enough to be called a match. These are the nearest, but not a match.",
  },
};

export const status = {
  loading: "Getting ready. You can already choose a picture.",
  ready: (works) => `Ready. ${works} to search, all on this device.`,
  queued: "Your picture will be searched as soon as the collection is here.",
  searching: "Looking …",
  answered: (matches) => (matches.length === 0 ? "The collection is empty." : `${works(matches.length)} shown, nearest first.`),
};

export const works = (number) => (number === 1 ? "1 work" : `${count(number)} works`);
export const progress = (done, total) => `${megabytes(done)} of ${megabytes(total)} MB`;
export const partDone = "here";
export const similarity = (number) => `similarity ${score(number)}`;
export const original = "See the original";
export const originalOf = (title, host) => `See the original of ${title} at ${host}. Leaves this page, in a new tab.`;
export const untitled = "Untitled";
export const unseen = (name) => `${name || "Your picture"}: this browser cannot show it`;
export const collection = "From the collection";
export const sample = (label) => `Search with this: ${label}`;

export const numbers = ({ same, similar }, lookedAt, all, exact) => [
  "Each picture becomes a list of numbers that says what it looks like; similarity compares two such lists. 1.00 is the very same picture.",
  `In this collection ${score(same)} and more counts as the same picture, ${score(similar)} and more as alike. Both limits were measured on its own works when it was built.`,
  exact ? `For this answer every one of the ${works(all)} was compared.` : `For this answer ${count(lookedAt)} of ${works(all)} were compared, picked by the search forest.`,
].join(" ");

export const facts = (info) =>
  `${works(info.count)} · ${info.model.name} ${info.model.sha256.slice(0, 8)} · ${megabytes(info.bytes)} MB on this device`;

/** What went wrong, for a person, by the code of the error; the engine's own message where it says more. */
export const errors = {
  NotAPicture: (error, name) => `${name ? `“${name}”` : "This"} is not a picture that can be read. JPEG, PNG, WebP, GIF, BMP and TIFF can.`,
  Offline: () => "You are offline, and this collection is not on this device yet. Connect once; afterwards it works without a network.",
  NotAFile: () => "That was a link or text, not a picture file. This page fetches nothing from elsewhere: save the picture first, then drop or paste the file.",
  Crashed: () => "The search stopped unexpectedly. Reload the page to start it again.",
};
export const inWords = (error, name) => errors[error.code]?.(error, name) ?? error.message;
