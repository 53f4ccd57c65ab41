/**
 * A page to read and try the API: it draws `/openapi.json` and needs nothing from elsewhere, for hospital networks
 * reach no content delivery network. The key that is typed in stays in the page.
 */
export const DOCS_PAGE = /* html */ `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>D-Persona API</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  article { border: 1px solid #8886; border-radius: 6px; padding: 0 1rem 1rem; margin: 1rem 0; }
  h3 code { font-size: 1rem; } .method { text-transform: uppercase; font-weight: 700; }
  table { border-collapse: collapse; } td, th { padding: .1rem .8rem .1rem 0; text-align: left; vertical-align: top; }
  pre { background: #8882; padding: .5rem; overflow: auto; max-height: 24rem; }
  label { display: block; margin: .3rem 0; } input { min-width: 20rem; } img { max-width: 100%; image-rendering: pixelated; }
</style>
<h1>D-Persona API</h1>
<p id="about"></p>
<label>Key <input id="key" type="password" autocomplete="off"></label>
<main></main>
<h2>Schemas</h2>
<div id="schemas"></div>
<script type="module">
const element = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

function parameterInput(parameter) {
  const input = element('input', { name: parameter.name, placeholder: parameter.in });
  input.dataset.in = parameter.in;
  return element('label', {}, parameter.name + ' ', input, ' ' + (parameter.description ?? ''));
}

async function send(form, method, path, result) {
  const query = new URLSearchParams();
  let url = path;
  for (const input of form.querySelectorAll('input[data-in]')) {
    if (input.dataset.in === 'path') url = url.replace('{' + input.name + '}', encodeURIComponent(input.value));
    else if (input.value !== '') query.set(input.name, input.value);
  }
  const headers = {};
  const key = document.getElementById('key').value;
  if (key !== '') headers.authorization = 'Bearer ' + key;
  const accept = form.querySelector('select')?.value;
  if (accept) headers.accept = accept;
  const file = form.querySelector('input[type=file]')?.files[0];
  const known = form.querySelector('input[name=case]')?.value;
  let body;
  if (file) { body = file; headers['content-type'] = file.type; }
  else if (known) { body = JSON.stringify({ case: known }); headers['content-type'] = 'application/json'; }
  const response = await fetch(url + (query.size > 0 ? '?' + query : ''), { method, headers, body });
  const type = response.headers.get('content-type') ?? '';
  result.replaceChildren(element('p', {}, response.status + ' ' + type));
  if (type.startsWith('image/')) {
    result.append(element('img', { src: URL.createObjectURL(await response.blob()), alt: 'answer' }));
  } else {
    const text = await response.text();
    result.append(element('pre', {}, type.includes('json') ? JSON.stringify(JSON.parse(text), null, 1) : text));
  }
}

function operation(method, path, { summary, parameters = [], requestBody, responses }) {
  const result = element('div');
  const form = element('form', {}, ...parameters.map(parameterInput));
  if (requestBody) {
    form.append(element('label', {}, 'image ', element('input', { type: 'file', accept: 'image/png,image/jpeg' })));
    if (requestBody.content['application/json']) {
      form.append(element('label', {}, 'or case ', element('input', { name: 'case' })));
    }
  }
  const types = Object.keys(responses[200]?.content ?? {});
  if (types.length > 1) {
    form.append(element('label', {}, 'accept ', element('select', {}, ...types.map((type) => element('option', {}, type)))));
  }
  form.append(element('button', {}, 'Send'));
  form.onsubmit = (event) => { event.preventDefault(); send(form, method.toUpperCase(), path, result); };
  const rows = Object.entries(responses).map(([status, { description }]) =>
    element('tr', {}, element('td', {}, status), element('td', {}, description)));
  return element('article', {},
    element('h3', {}, element('span', { className: 'method' }, method), ' ', element('code', {}, path)),
    element('p', {}, summary), element('table', {}, ...rows),
    element('details', {}, element('summary', {}, 'Try it'), form, result));
}

const description = await (await fetch('/openapi.json')).json();
document.getElementById('about').textContent = description.info.description + ' Version ' + description.info.version + '.';
for (const [path, methods] of Object.entries(description.paths)) {
  for (const [method, about] of Object.entries(methods)) document.querySelector('main').append(operation(method, path, about));
}
for (const [name, schema] of Object.entries(description.components.schemas)) {
  document.getElementById('schemas').append(element('details', {}, element('summary', {}, name),
    element('pre', {}, JSON.stringify(schema, null, 1))));
}
</script>
</html>
`;
