/** @throws where the server has no such file */
export async function fetchBlob(url: string, signal: AbortSignal): Promise<Blob> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url} could not be fetched: the server answered ${response.status}.`);
  return response.blob();
}
