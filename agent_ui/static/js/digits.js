/** The digits this reader chose, from `<html data-digits="arab">`. */
const EASTERN = "٠١٢٣٤٥٦٧٨٩";

/** @param {string | number} value */
export function shape(value) {
  const text = String(value);
  if (document.documentElement.dataset.digits !== "arab") return text;
  return text.replace(/[0-9]/g, (digit) => EASTERN[Number(digit)] ?? digit);
}
