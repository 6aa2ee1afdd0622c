document.documentElement.className = 'scripted';
