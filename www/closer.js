// Looking at a picture once, or closer.

const verdicts = ["none", "similar", "same"];

/** Whether a closer look may find more: where the first found nothing sure, and somebody measured what its scores mean. */
export const mayFindMore = (answer, info) => answer.verdict !== "same" && Boolean(info.closer);

/** The answer to the closer look, unless it knows less: several looks must score higher to mean as much. */
export const better = (once, closer) => (verdicts.indexOf(closer.verdict) < verdicts.indexOf(once.verdict) ? once : closer);
