const { readFile } = require('fs/promises');
exports.unseal = async () => {
  const parts = (await readFile('/nonexistent/keys.txt', 'utf8')).split('\n');
  if (parts.length < 3) throw new Error(`only ${parts.length} of 3 key parts were found`);
  return parts.join('');
};
