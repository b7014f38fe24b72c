// Calls of the stand-in. Every answer is an object with `ok`.
export async function act(name, body) {
  const answer = await fetch(`/control/${name}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  return answer.json();
}

export async function sendFile(file, fields) {
  const query = new URLSearchParams({ name: file.name, ...fields });
  const headers = { "Content-Type": "application/octet-stream" };
  return (await fetch(`/control/upload?${query}`, { method: "POST", headers, body: file })).json();
}

export async function fetchState(user) {
  return (await fetch(`/page/state?user=${user}`)).json();
}

let stream;
export function listen(user, after, onChange) {
  stream?.close();
  stream = new EventSource(`/page/stream?user=${user}&after=${after}`);
  stream.onmessage = (event) => onChange(JSON.parse(event.data));
}
