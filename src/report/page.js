// SPDX-License-Identifier: BSD-2-Clause
// page.js: what is a comfort and not needed to read the page: search, choose, sort, open a fold, copy; and, of a page that is
// served, what is new.
//
// A view of the table is {q, show, sort}. Where all rows are on the page it is kept in the fragment and the browser finds the rows;
// where they are not it is the page's address, and the server finds them: links and the form do the same without this script.
'use strict';
(() => {
    const collator = new Intl.Collator('en', {numeric: true});
    const isLive = document.body.dataset.live !== undefined;
    const find = selector => document.querySelector(selector);
    let table, isWhole, inOrder;

    // #client-10.1.4.17 is a fold; #q=printer&show=breaks&sort=due is a view of the table
    const viewOfFragment = () => new URLSearchParams(location.hash.includes('=') ? location.hash.slice(1) : '');
    const openFold = () => {
        const id = location.hash.startsWith('#client-') && decodeURIComponent(location.hash.slice(1));
        const fold = id && document.getElementById(id);

        if (fold) {
            fold.open = true;
            fold.scrollIntoView();
        } else if (id && isLive && !isWhole && !location.pathname.startsWith('/host/')) {
            location.assign('/host/' + encodeURIComponent(id.slice('client-'.length)));
        }
    };

    // ---- rows that the browser finds ----

    // A word stands in one cell: 10.1.0.1 before 9.example is not 10.1.0.19
    const textOf = node => node.nodeType === Node.TEXT_NODE ? node.data : [...node.childNodes].map(textOf).join('\n');
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
        const view = viewOfFragment(), words = (view.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
        const verdict = view.get('show') ?? '', sort = view.get('sort') ?? '';
        let shown = 0;

        if (!table || !isWhole)
            return;
        for (const {row, text} of inOrder) {
            row.hidden = !(words.every(word => text.includes(word)) && (!verdict || row.dataset.verdict === verdict));
            shown += row.hidden ? 0 : 1;
        }
        sortBy(sort.replace(/^-/, ''), sort.startsWith('-'));
        document.querySelectorAll('.choose a').forEach(link =>
            link.dataset.show === verdict ? link.setAttribute('aria-current', 'true') : link.removeAttribute('aria-current'));
        if (document.activeElement.id !== 'search')
            find('#search').value = view.get('q') ?? '';
        const all = inOrder.length, number = count => count.toLocaleString('en');
        find('.count').textContent = `${shown === all ? '' : `${number(shown)} of `}${number(all)} ${all === 1 ? 'row' : 'rows'}`;
    };
    const keep = changes => {
        const view = viewOfFragment();

        for (const [key, value] of Object.entries(changes))
            value ? view.set(key, value) : view.delete(key);
        history.replaceState(null, '', view.toString() ? '#' + view : location.pathname + location.search);
        show();
    };

    // ---- parts of the page that the server has anew ----

    const nameOf = fold => fold.id || fold.firstElementChild.textContent;
    // What takes the place of `selectors`: what was open, typed and scrolled to stays.
    const replace = (fresh, selectors) => {
        const were = new Map([...document.querySelectorAll('details')].map(fold => [nameOf(fold), fold.open]));
        const typing = document.activeElement.id === 'search' && document.activeElement;
        const typed = typing && [typing.value, typing.selectionStart, typing.selectionEnd];
        const [left, top] = [scrollX, scrollY];

        for (const selector of selectors)
            find(selector).replaceWith(fresh.querySelector(selector));
        document.querySelectorAll('details').forEach(fold => { fold.open = were.get(nameOf(fold)) ?? fold.open; });
        begin();
        if (typed && find('#search')) {
            const search = find('#search');
            search.value = typed[0];
            search.focus({preventScroll: true});
            search.setSelectionRange(typed[1], typed[2]);
        }
        scrollTo(left, top);
    };
    // A click is a press and a release on the same thing: nothing takes its place between them.
    let isHeld = false;
    addEventListener('pointerdown', event => { isHeld = event.button === 0; });
    for (const name of ['pointermove', 'pointerup', 'pointercancel', 'contextmenu', 'blur']) // a bar that scrolls tells of no release
        addEventListener(name, event => { isHeld &&= event.buttons === 1; });
    const pause = milliseconds => new Promise(done => setTimeout(done, milliseconds));
    const read = async address => {
        const answer = await fetch(address);
        const fresh = answer.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html') : null;

        while (isHeld)
            await pause(50);
        return fresh;
    };
    // One question at a time; of those that come meanwhile the last is asked next.
    let asking = false, next = null, wanted = null;
    const go = async address => {
        wanted = address.searchParams;
        if (asking) {
            next = address;
            return;
        }
        asking = true;
        const fresh = await read('/table' + address.search).catch(() => null);
        asking = false;
        if (next) {
            const latest = next;
            next = null;
            go(latest);
        } else if (fresh?.querySelector('#rows')) {
            history.replaceState(null, '', address);
            replace(fresh, ['#rows']);
            wanted = null;
        } else {
            location.assign(address); // the server's own words
        }
    };
    // Links and form know the view that is shown. What they leave as it is, is as it was chosen or typed since then.
    const asWanted = address => {
        const shown = new URLSearchParams(location.search), asked = address.searchParams;

        for (const key of ['q', 'show', 'sort']) {
            const was = shown.get(key) ?? '', is = key === 'q' ? find('#search').value : (wanted ?? shown).get(key) ?? '';
            if (is === was || (asked.get(key) ?? '') !== was)
                continue;
            is ? asked.set(key, is) : asked.delete(key);
            asked.delete('page');
        }
        return address;
    };
    const addressOfForm = () => {
        const fields = [...new FormData(find('form.tools'))].filter(([, value]) => value);

        return asWanted(new URL('/?' + new URLSearchParams(fields), location.href));
    };

    // ---- the table as it stands in the page now ----

    const choose = (event, link) => {
        const head = link.closest('thead th');

        if (event.ctrlKey || event.metaKey || event.shiftKey)
            return;
        event.preventDefault();
        if (!isWhole)
            go(asWanted(new URL(link.href)));
        else if (head)
            keep({sort: (head.getAttribute('aria-sort') === 'ascending' ? '-' : '') + head.dataset.name});
        else
            keep({show: link.dataset.show});
    };
    const addLink = head => {
        const link = document.createElement('a');

        link.href = '#sort=' + head.dataset.name;
        link.textContent = head.textContent;
        head.replaceChildren(link);
    };
    const begin = () => {
        let typing;

        table = find('#clients table');
        isWhole = find('#clients')?.dataset.whole !== undefined;
        find('form.tools')?.addEventListener('submit', event => {
            event.preventDefault();
            if (!isWhole)
                go(addressOfForm());
        });
        find('#search')?.addEventListener('input', event => {
            if (isWhole) {
                keep({q: event.target.value});
                return;
            }
            clearTimeout(typing);
            typing = setTimeout(() => go(addressOfForm()), 300);
        });
        if (!table || !isWhole)
            return;
        inOrder = [...table.tBodies[0].rows].map((row, place) => ({row, place, text: textOf(row).toLowerCase()}));
        [...table.tHead.rows[0].cells].filter(head => !head.firstElementChild).forEach(addLink);
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

    let took = 0; // milliseconds, of the last answer: a page that takes long is asked for less often, but each minute
    let isDue = false, isMissed = false;
    const renew = async () => {
        const began = performance.now(), address = location.href;
        const fresh = await read(location.pathname + location.search).catch(() => null);

        took = performance.now() - began;
        isMissed ||= address !== location.href; // another view was chosen meanwhile
        if (isMissed || !fresh?.querySelector('main'))
            return;
        document.title = fresh.title;
        replace(fresh, ['header', 'main']);
    };
    const renewSoon = () => {
        isMissed = isDue;
        if (isDue)
            return;
        isDue = true;
        setTimeout(async () => {
            isMissed = false;
            await renew();
            isDue = false;
            if (isMissed)
                renewSoon();
        }, Math.min(Math.max(250, 9 * took), 60_000));
    };
    const listen = () => {
        const live = find('#live'), changes = new EventSource('/changes?revision=' + document.body.dataset.live);

        changes.addEventListener('open', () => { live.textContent = 'Live: what is new comes by itself.'; });
        changes.addEventListener('error', () => { live.textContent = 'The sensor\'s page does not answer; trying again.'; });
        changes.addEventListener('changed', renewSoon);
    };

    document.documentElement.classList.add('js');
    document.addEventListener('click', event => {
        const link = event.target.closest('.choose a, .pages a, #clients thead a');

        if (event.target.matches('.copy'))
            copy(event.target);
        else if (link)
            choose(event, link);
    });
    addEventListener('hashchange', () => { openFold(); show(); });
    begin();
    if (!isWhole && viewOfFragment().toString())
        location.replace('/?' + viewOfFragment()); // a link that was made when all rows were on the page
    openFold();
    if (isLive)
        listen();
})();
