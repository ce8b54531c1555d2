// What the programs for Node share: a client of the SDK that is asked for.

export const major = process.argv[2];
export const sdk = await import(`workos-${major}`);

const at = new URL(process.env.REKEY_URL);
/** The base URL and the key are all that differs from a program that talks to WorkOS. */
export const where = { apiHostname: at.hostname, port: Number(at.port), https: false };
export const clientId = process.env.REKEY_CLIENT_ID;
export const workos = new sdk.WorkOS(process.env.REKEY_KEY, { ...where, clientId });

export const works = (what) => console.log(`works: ${what}`);
