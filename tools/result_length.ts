/** How many characters of JSON a tool may return; a longer result is not recorded whole. */
export const MAX_RESULT_LENGTH = 4 * 2 ** 20;
