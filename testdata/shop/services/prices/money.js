/** The price of an offer in euro cents. */
exports.toCents = function toCents(offer) {
  return Math.round(offer.price.amount * 100);
};
