// Numbers as a language writes them.

export function formats(language) {
  const oneDigit = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const threeDigits = new Intl.NumberFormat(language, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
  const whole = new Intl.NumberFormat(language);
  return {
    /** One decimal; what is there at all is not nothing. */
    megabytes: (bytes) => oneDigit.format(bytes > 0 ? Math.max(bytes / 1e6, 0.1) : 0),
    count: (number) => whole.format(number),
    /** Three decimals, cut off rather than rounded: 0.9999 is not yet "1.000". */
    score: (number) => threeDigits.format(Math.floor(number * 1000 + 1e-4) / 1000),
  };
}
