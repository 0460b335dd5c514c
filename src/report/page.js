// SPDX-License-Identifier: BSD-2-Clause
// page.js: what is a comfort and not needed to read the page: search, choose, sort, open a fold, copy.
'use strict';
(() => {
    const root = document.documentElement;
    const table = document.querySelector('#clients table');
    root.classList.add('js');

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

    const rows = table ? [...table.tBodies[0].rows] : [];
    const inOrder = rows.map((row, place) => ({row, place, text: row.textContent.toLowerCase()}));
    const keyOf = (row, column) => row.cells[column].dataset.key ?? row.cells[column].textContent;
    const collator = new Intl.Collator('en', {numeric: true});

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

        for (const {row, text} of inOrder) {
            row.hidden = !(words.every(word => text.includes(word)) && (!verdict || row.dataset.verdict === verdict));
            shown += row.hidden ? 0 : 1;
        }
        sortBy(sort.replace(/^-/, ''), sort.startsWith('-'));
        document.querySelectorAll('.choose button').forEach(button => button.setAttribute('aria-pressed', String(button.dataset.verdict === (verdict ?? ''))));
        document.querySelector('#search').value = now.get('q') ?? '';
        document.querySelector('.count').textContent = shown === rows.length ? `${rows.length} rows` : `${shown} of ${rows.length} rows`;
    };

    const addTools = () => {
        const search = document.querySelector('#search');
        search.addEventListener('input', () => keep({q: search.value}));
        document.querySelectorAll('.choose button').forEach(button =>
            button.addEventListener('click', () => keep({verdict: button.dataset.verdict})));
        for (const head of table.tHead.rows[0].cells) {
            const button = document.createElement('button');
            button.type = 'button';
            button.textContent = head.textContent;
            button.addEventListener('click', () => keep({sort: (head.getAttribute('aria-sort') === 'ascending' ? '-' : '') + head.dataset.name}));
            head.replaceChildren(button);
        }
        show();
    };
    const copy = async button => {
        const text = button.previousElementSibling.textContent;
        try {
            await navigator.clipboard.writeText(text);
        } catch { // a page from a file has no clipboard everywhere
            const range = document.createRange();
            range.selectNodeContents(button.previousElementSibling);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
            document.execCommand('copy');
        }
        const was = button.textContent;
        button.textContent = 'copied';
        setTimeout(() => { button.textContent = was; }, 1500);
    };

    if (table)
        addTools();
    document.addEventListener('click', event => {
        if (event.target.matches('.copy'))
            copy(event.target);
    });
    addEventListener('hashchange', () => { openFold(); if (table) show(); });
    addEventListener('beforeprint', () => document.querySelectorAll('.chosen').forEach(fold => { fold.open = true; }));
    openFold();
})();
