// SPDX-License-Identifier: BSD-2-Clause
// page.js: what is a comfort and not needed to read the page: search, choose, sort, open a fold, copy; and, of a page that is
// served, what is new.
'use strict';
(() => {
    const collator = new Intl.Collator('en', {numeric: true});
    let table, inOrder;

    // #client-10.1.4.17 is a fold; #q=printer&verdict=breaks&sort=due is a view of the table
    const view = () => new URLSearchParams(location.hash.includes('=') ? location.hash.slice(1) : '');
    const keep = changes => {
        const now = view();
        for (const [key, value] of Object.entries(changes))
            value ? now.set(key, value) : now.delete(key);
        history.replaceState(null, '', now.toString() ? '#' + now : location.pathname + location.search);
        show();
    };
    const openFold = () => {
        const fold = location.hash.startsWith('#client-') && document.getElementById(decodeURIComponent(location.hash.slice(1)));
        if (fold) {
            fold.open = true;
            fold.scrollIntoView();
        }
    };

    const keyOf = (row, column) => row.cells[column].dataset.key ?? row.cells[column].textContent;
    const sortBy = (name, descending) => {
        const heads = [...table.tHead.rows[0].cells];
        const column = heads.findIndex(head => head.dataset.name === name);
        const sorted = [...inOrder];

        if (column >= 0)
            sorted.sort((a, b) => (descending ? -1 : 1) * collator.compare(keyOf(a.row, column), keyOf(b.row, column)) || a.place - b.place);
        heads.forEach((head, i) => i === column ? head.setAttribute('aria-sort', descending ? 'descending' : 'ascending') : head.removeAttribute('aria-sort'));
        table.tBodies[0].append(...sorted.map(entry => entry.row));
    };
    const show = () => {
        const now = view(), words = (now.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
        const verdict = now.get('verdict'), sort = now.get('sort') ?? '';
        let shown = 0;

        if (!table)
            return;
        for (const {row, text} of inOrder) {
            row.hidden = !(words.every(word => text.includes(word)) && (!verdict || row.dataset.verdict === verdict));
            shown += row.hidden ? 0 : 1;
        }
        sortBy(sort.replace(/^-/, ''), sort.startsWith('-'));
        document.querySelectorAll('.choose button').forEach(button => button.setAttribute('aria-pressed', String(button.dataset.verdict === (verdict ?? ''))));
        if (document.activeElement.id !== 'search')
            document.querySelector('#search').value = now.get('q') ?? '';
        document.querySelector('.count').textContent = shown === inOrder.length ? `${shown} rows` : `${shown} of ${inOrder.length} rows`;
    };

    const addButton = head => {
        const button = document.createElement('button');

        button.type = 'button';
        button.textContent = head.textContent;
        button.addEventListener('click', () => keep({sort: (head.getAttribute('aria-sort') === 'ascending' ? '-' : '') + head.dataset.name}));
        head.replaceChildren(button);
    };
    // The table as it stands in the page now.
    const begin = () => {
        table = document.querySelector('#clients table');
        if (!table)
            return;
        inOrder = [...table.tBodies[0].rows].map((row, place) => ({row, place, text: row.textContent.toLowerCase()}));
        document.querySelector('#search').addEventListener('input', event => keep({q: event.target.value}));
        document.querySelectorAll('.choose button').forEach(button =>
            button.addEventListener('click', () => keep({verdict: button.dataset.verdict})));
        [...table.tHead.rows[0].cells].forEach(addButton);
        show();
    };

    const copy = async button => {
        const text = button.previousElementSibling, was = button.textContent;

        try {
            await navigator.clipboard.writeText(text.textContent);
        } catch { // a page from a file has no clipboard everywhere
            getSelection().selectAllChildren(text);
            document.execCommand('copy');
        }
        button.textContent = 'copied';
        setTimeout(() => { button.textContent = was; }, 1500);
    };

    // ---- of a page that is served ----

    // What is new takes its place; what was open, typed and scrolled to stays.
    const renew = async () => {
        const answer = await fetch(location.pathname + location.search);
        const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
        const open = [...document.querySelectorAll('details[open]')].map(fold => fold.id || fold.firstElementChild.textContent);
        const typing = document.activeElement.id === 'search' ? document.activeElement : null;
        const typed = typing && [typing.value, typing.selectionStart, typing.selectionEnd];
        const top = scrollY;

        if (!answer.ok)
            return;
        for (const part of ['header', 'main'])
            document.querySelector(part).replaceWith(fresh.querySelector(part));
        document.title = fresh.title;
        document.querySelectorAll('details').forEach(fold => { fold.open = open.includes(fold.id || fold.firstElementChild.textContent); });
        begin();
        if (typed) {
            const search = document.querySelector('#search');
            search.value = typed[0];
            search.focus();
            search.setSelectionRange(typed[1], typed[2]);
        }
        scrollTo(0, top);
    };
    const listen = () => {
        const live = document.querySelector('#live'), changes = new EventSource('/changes');
        let pending;

        changes.addEventListener('open', () => { live.textContent = 'Live: what is new comes by itself.'; });
        changes.addEventListener('error', () => { live.textContent = 'The sensor\'s page does not answer; trying again.'; });
        changes.addEventListener('changed', () => {
            clearTimeout(pending);
            pending = setTimeout(renew, 250);
        });
    };

    document.documentElement.classList.add('js');
    document.addEventListener('click', event => {
        if (event.target.matches('.copy'))
            copy(event.target);
    });
    addEventListener('hashchange', () => { openFold(); show(); });
    begin();
    openFold();
    if (document.body.dataset.live !== undefined)
        listen();
})();
